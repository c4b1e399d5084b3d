# One image for every process; what it becomes is the command (see docker-compose.yml).
FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 MATINEE_MODE=production MATINEE_DATA=/data MATINEE_BIND=0.0.0.0
WORKDIR /srv/matinee

COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt

COPY . .
RUN useradd --system --uid 1000 --home-dir /data matinee \
 && install --directory --owner=matinee --group=matinee --mode=700 /data /data/static
USER matinee
VOLUME /data
EXPOSE 8000

CMD ["python", "manage.py", "up", "--only", "web"]
