FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_CONSTRAINT=/build/constraints.txt
RUN python -m venv --without-pip /opt/venv
WORKDIR /build
COPY constraints.txt ./
COPY backend-core/core/pyproject.toml backend-core/core/
COPY media-server/pyproject.toml media-server/
RUN --mount=type=cache,target=/root/.cache/pip mkdir backend-core/core/src media-server/src \
 && pip --python /opt/venv/bin/python install "./backend-core/core[db]" ./media-server \
 && pip --python /opt/venv/bin/python check \
# Its file assets/silero_vad_v6.onnx finds voices; nothing else of it is used, so nothing of what it needs is installed.
 && pip --python /opt/venv/bin/python install --no-deps faster-whisper
COPY backend-core/core backend-core/core
COPY media-server media-server
RUN pip --python /opt/venv/bin/python install --no-deps --force-reinstall ./backend-core/core ./media-server

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent app \
 && install -d -o app -g app /app /app/uploads
COPY --from=build /opt/venv /opt/venv
# Connections come and go on threads; two arenas keep the memory that they leave behind small.
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 ORT_DISABLE_TELEMETRY=1 MALLOC_ARENA_MAX=2
WORKDIR /app
USER 10001
EXPOSE 8002
CMD ["uvicorn", "--factory", "interview_media.app:create_app", "--loop", "uvloop", "--host", "0.0.0.0", "--port", "8002", \
     "--timeout-graceful-shutdown", "10", "--no-access-log", "--no-server-header"]
