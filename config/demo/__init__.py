"""A believable set of data for trying out: invented people and centres in real towns of North Rhine-Westphalia."""
