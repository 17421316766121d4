# Two images from one build. The last one, which a plain `docker build .` makes, runs the bot and the workers that talk
# to OpenStack and Slack: Node.js, production dependencies and nothing else, as a user without rights.
# `--target build-worker` adds what building Kubernetes takes (git, make, rsync, Docker's client with buildx); only the
# worker of the queue `build` needs it, and only that worker needs the Docker socket.
ARG NODE_IMAGE=node:20-bookworm-slim
ARG DOCKER_CLI_IMAGE=docker:28-cli

FROM ${NODE_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY jobs jobs
RUN npm run build && npm prune --omit=dev

FROM ${NODE_IMAGE} AS runtime
ENV NODE_ENV=production DATA_DIR=/var/lib/slipway
RUN useradd --system --uid 10001 --home-dir /var/lib/slipway --create-home --shell /usr/sbin/nologin slipway
WORKDIR /app
COPY package.json ./
COPY --from=build /src/node_modules node_modules
COPY --from=build /src/dist dist
COPY templates templates
# `slipway health` asks Redis for a PING: a process that has lost its Redis can do nothing for anybody.
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s CMD ["node", "dist/src/main.js", "health"]
ENTRYPOINT ["node", "dist/src/main.js"]
CMD ["--help"]

FROM ${DOCKER_CLI_IMAGE} AS docker-cli

# Runs as root: who may use the Docker socket is root on that host anyway, and the sources belong to one user then.
FROM runtime AS build-worker
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates curl git make openssh-client rsync \
  && rm -rf /var/lib/apt/lists/*
COPY --from=docker-cli /usr/local/bin/docker /usr/local/bin/docker
COPY --from=docker-cli /usr/local/libexec/docker/cli-plugins/docker-buildx /usr/local/libexec/docker/cli-plugins/docker-buildx
CMD ["worker", "--queues", "build"]

FROM runtime AS slipway
USER slipway
