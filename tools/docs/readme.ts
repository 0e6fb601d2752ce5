/** The most words that a reader takes in within a minute or two. */
export const MOST_WORDS = 700;

/** All words that a reader sees: tables, lists and commands too, but not where links lead. */
export function wordsIn(markdown: string): number {
  const seen = markdown.replaceAll(/\]\([^)]*\)/g, ']').replaceAll(/<!--[\s\S]*?-->/g, '');
  return seen.split(/[\s|]+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}
