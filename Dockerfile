# syntax=docker/dockerfile:1
# A Sluice worker with one project in it: docker build --build-arg PROJECT=examples/tetra --tag sluice-worker .
ARG NODE_IMAGE=node:22.21.1-bookworm-slim

FROM ${NODE_IMAGE} AS base
WORKDIR /app

# Only the manifests, so that a change of code does not install every package again.
FROM base AS manifests
COPY package.json package-lock.json .npmrc ./
COPY examples ./examples
RUN find examples -type f ! -name package.json -delete

FROM base AS build
COPY --from=manifests /app ./
RUN --mount=type=cache,target=/var/cache/npm npm ci --cache /var/cache/npm --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts ./scripts
COPY src ./src
RUN npm run build

FROM base AS dependencies
COPY --from=manifests /app ./
RUN --mount=type=cache,target=/var/cache/npm npm ci --cache /var/cache/npm --ignore-scripts --omit=dev

FROM base AS worker
ARG PROJECT=examples/tetra
ENV NODE_ENV=production
RUN printf '#!/bin/sh\nexec node --enable-source-maps /app/dist/client/cli/main.js "$@"\n' > /usr/local/bin/sluice \
  && chmod 755 /usr/local/bin/sluice
COPY --from=dependencies /app ./
COPY --from=build /app/dist ./dist
COPY --chown=node:node ${PROJECT} ./${PROJECT}
WORKDIR /app/${PROJECT}
# What the project keeps in its folder .sluice, the store first of all, outlives the container in a volume.
RUN mkdir --parents /var/lib/sluice && chown node:node /var/lib/sluice && ln --symbolic /var/lib/sluice .sluice
USER node
VOLUME /var/lib/sluice
EXPOSE 9464
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9464/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["sluice"]
CMD ["worker", "--health-port", "9464", "--health-host", "0.0.0.0"]
