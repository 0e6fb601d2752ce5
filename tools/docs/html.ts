export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Text of a comment as HTML, with `code` in backticks. */
export function prose(text: string): string {
  return escape(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

/** JSON as HTML, with keys, strings and other values marked. */
export function jsonOf(value: unknown): string {
  const tokens = /("(?:[^"\\]|\\.)*")(:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?|[^"\w-]+/g;
  return JSON.stringify(value, null, 2).replaceAll(tokens, (token, text: string | undefined, colon?: string) => {
    if (text !== undefined) return colon ? `<b>${escape(text)}</b>:` : `<q>${escape(text)}</q>`;
    return /^[\w-]/.test(token) ? `<em>${token}</em>` : token;
  });
}
