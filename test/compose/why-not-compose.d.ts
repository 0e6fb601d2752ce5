/**
 * @param docker resolves if Docker can run the system
 * @returns why docker compose cannot run the system here; undefined if it can
 * @throws if HOLDFAST_TEST_CONTAINERS=1 asks for containers and Docker cannot run them
 */
export function whyNotCompose(
  environment?: NodeJS.ProcessEnv,
  docker?: () => Promise<unknown>,
): Promise<string | undefined>;
