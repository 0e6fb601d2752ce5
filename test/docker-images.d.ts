/** Runs `docker` with these words. */
export function docker(
  args: readonly string[],
  options?: { timeout?: number; cwd?: string },
): Promise<{ stdout: string }>;

/** Resolves if Docker answers, and has the images or can pull them. */
export function requireImages(images: readonly string[]): Promise<void>;

/** The first line of what a command complained of, or of the error's message. */
export function sentenceOf(error: unknown): string;
