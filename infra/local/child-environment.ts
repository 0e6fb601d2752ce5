/** Kinds of children, and what of the operator's environment is meant for each besides PATH and HOME. */
const meantFor = {
  postgres: [],
  kafka: [],
  /** `MAVEN_OPTS` is where a proxy or a trust store for Maven belongs. */
  maven: ['JAVA_HOME', 'MAVEN_OPTS', 'MAVEN_ARGS'],
  docker: [
    'DOCKER_HOST',
    'DOCKER_CONTEXT',
    'DOCKER_CONFIG',
    'DOCKER_CERT_PATH',
    'DOCKER_TLS_VERIFY',
    'SSH_AUTH_SOCK',
    'XDG_RUNTIME_DIR',
  ],
  /** A service gets its settings as well: services.ts names them. */
  service: ['NODE_EXTRA_CA_CERTS'],
} as const;

export type ChildKind = keyof typeof meantFor;

/**
 * The environment of a child process, from nothing. What is not named here stays behind: the operator's locale, proxies,
 * `PG*`, `JAVA_TOOL_OPTIONS`, `NODE_*`, npm's settings.
 *
 * @param alsoMeant more names that are meant for this child
 */
export function childEnvironment(
  kind: ChildKind,
  {
    environment = process.env,
    alsoMeant = [],
  }: { environment?: NodeJS.ProcessEnv; alsoMeant?: readonly string[] } = {},
): Record<string, string> {
  const names = ['PATH', 'HOME', ...meantFor[kind], ...alsoMeant];
  const kept = names.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]] as const]));
  // UTF-8, or Java would not find a file below a folder with other letters than ASCII.
  return { ...Object.fromEntries(kept), LANG: 'C.UTF-8', TZ: 'UTC' };
}

/** libpq's variables describe a Postgres of the operator's own, and never the embedded one. */
export function postgresVariables(environment: NodeJS.ProcessEnv = process.env): string[] {
  return Object.keys(environment).filter((name) => /^PG[A-Z]+$/.test(name));
}
