# syntax=docker/dockerfile:1
# One image for servers, workers and the one-shot migration; docker-compose.yml says which command each runs.

ARG NODE_VERSION=24

FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /callboard
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY server ./server
COPY workers ./workers
COPY dispatch-ui ./dispatch-ui
RUN node server/operate/build.mjs

# What runs needs neither the compiler nor the embedded Postgres (an optional dependency for each platform).
FROM node:${NODE_VERSION}-bookworm-slim AS packages
WORKDIR /callboard
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund --ignore-scripts

FROM node:${NODE_VERSION}-bookworm-slim
WORKDIR /callboard
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080
COPY --from=packages /callboard/node_modules ./node_modules
COPY --from=build /callboard/dist ./dist
COPY package.json ./
USER node
EXPOSE 8080
CMD ["node", "--enable-source-maps", "dist/server/main.js"]
