# docker build -t mock429 .
# docker run --rm -p 4290:4290 mock429 --profile klinky

# The tools of the build have parts of their own for each platform; what they make, and what it needs to run, is plain JavaScript.
FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json tsconfig.ui.json rolldown.config.ts ./
COPY tools tools
COPY src src
COPY profiles profiles
COPY openapi openapi
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:22-alpine
WORKDIR /app
# Inside a container 127.0.0.1 is the container alone.
ENV NODE_ENV=production MOCK429_HOST=0.0.0.0
COPY LICENSE package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY profiles profiles
COPY openapi openapi
USER node
EXPOSE 4290
HEALTHCHECK --interval=5s --timeout=3s --start-period=5s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.MOCK429_PORT || process.env.PORT || 4290}/__mock429/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/cli.js"]
