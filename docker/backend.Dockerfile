# Backend, migrations and sweeper: one image, three commands.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_CONSTRAINT=/build/constraints.txt
RUN python -m venv --without-pip /opt/venv
WORKDIR /build
COPY constraints.txt ./
# The packages are installed before the sources come in, so that a change of the sources does not install them again.
COPY backend-core/core/pyproject.toml backend-core/core/
COPY backend-core/api/pyproject.toml backend-core/api/
RUN --mount=type=cache,target=/root/.cache/pip mkdir backend-core/core/src backend-core/api/src \
 && pip --python /opt/venv/bin/python install "./backend-core/core[db]" ./backend-core/api
COPY backend-core backend-core
RUN pip --python /opt/venv/bin/python install --no-deps --force-reinstall ./backend-core/core ./backend-core/api \
 && pip --python /opt/venv/bin/python check

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent app \
 && install -d -o app -g app /app /app/uploads
COPY --from=build /opt/venv /opt/venv
COPY --chmod=755 docker/is_alive.py /usr/local/bin/is-alive
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
USER 10001
EXPOSE 8000
CMD ["uvicorn", "--factory", "interview_api.app:create_app", "--host", "0.0.0.0", "--port", "8000", \
     "--timeout-graceful-shutdown", "10", "--no-access-log", "--no-server-header"]
