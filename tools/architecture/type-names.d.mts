/** The types that a file exports. */
export function typesIn(text: string): string[];
