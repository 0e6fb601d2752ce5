/** The nearest known word by edit distance. Undefined if none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((each) => ({ each, distance: editDistance(word.toLowerCase(), each) }))
    .filter(({ each, distance }) => distance <= Math.max(1, Math.floor(each.length / 2)))
    .sort((a, b) => a.distance - b.distance);
  return best?.each;
}

/** Message for an unknown word, with the nearest known one, or all of them. */
export function noSuch(what: string, word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return `There is no ${what} ${word}${meant ? `: did you mean ${meant}?` : `; there are: ${known.join(', ')}.`}`;
}

/** Levenshtein distance. */
export function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const substituted = row[j - 1]! + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row.at(-1)!;
}
