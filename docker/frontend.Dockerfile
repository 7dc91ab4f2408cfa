FROM node:20-bookworm-slim AS build
WORKDIR /build
COPY frontend/package.json frontend/package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY frontend ./
RUN npm run build

FROM nginx:1.28-bookworm
COPY docker/nginx/nginx.conf /etc/nginx/nginx.conf
COPY docker/nginx/default.conf.template /etc/nginx/templates/default.conf.template
COPY --from=build /build/dist /usr/share/nginx/html
# Where the start script writes what it makes of the template.
RUN rm -f /etc/nginx/conf.d/default.conf && chown nginx /etc/nginx/conf.d
ENV NGINX_ENVSUBST_FILTER="^(BACKEND_URL|MEDIA_SERVER_URL|TRUSTED_PROXY)$" \
    BACKEND_URL=http://backend:8000 MEDIA_SERVER_URL=http://media-server:8002 TRUSTED_PROXY=127.0.0.1
USER 101
EXPOSE 8080
