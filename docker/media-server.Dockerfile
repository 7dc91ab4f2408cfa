FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_CONSTRAINT=/build/constraints.txt
RUN python -m venv --without-pip /opt/venv
WORKDIR /build
COPY constraints.txt ./
COPY backend-core/core/pyproject.toml backend-core/core/
COPY media-server/pyproject.toml media-server/
RUN --mount=type=cache,target=/root/.cache/pip mkdir backend-core/core/src media-server/src \
 && pip --python /opt/venv/bin/python install ./backend-core/core ./media-server
COPY backend-core/core backend-core/core
COPY media-server media-server
RUN pip --python /opt/venv/bin/python install --no-deps --force-reinstall ./backend-core/core ./media-server \
 && pip --python /opt/venv/bin/python check

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent app
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001
EXPOSE 8002
CMD ["uvicorn", "--factory", "interview_media.app:create_app", "--loop", "uvloop", "--host", "0.0.0.0", "--port", "8002", \
     "--timeout-graceful-shutdown", "10", "--no-access-log", "--no-server-header"]
