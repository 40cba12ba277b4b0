"""The texts of letters: which letters there are, what each may say, and the ministry's own versions of them."""
