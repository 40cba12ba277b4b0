# One image for web, worker and beat.

FROM node:22-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PATH=/venv/bin:$PATH
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home app \
    && install -d -o app -g app /data

WORKDIR /app
COPY requirements/uv.txt requirements/base.txt requirements/
RUN python -m venv /venv \
    && pip install --no-cache-dir --require-hashes -r requirements/uv.txt \
    && uv pip install --no-cache --compile-bytecode --python /venv/bin/python --require-hashes -r requirements/base.txt

COPY --from=packages /app/node_modules ./node_modules
COPY . .
ENV STATIC_ROOT=/app/collected FILES_DIR=/data/files BEAT_FILE=/data/beat-schedule WEB_BIND=0.0.0.0:8000
# The values of this line let the settings load; none of them reaches the running application.
RUN SECRET_KEY=build DATABASE_URL=postgres://127.0.0.1:1/none REDIS_URL=redis://127.0.0.1:1/0 \
    python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q accounts centres certification config events

USER app
EXPOSE 8000
CMD ["sh", "-c", "python manage.py wait_for_servers && exec gunicorn -c python:config.gunicorn config.wsgi"]
