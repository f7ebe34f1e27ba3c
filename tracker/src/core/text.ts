/** At most 1,000 bytes, which the door takes of any text; whole code points, because half a pair is no text. */
export function short(text: string): string {
  return Array.from(text).slice(0, 250).join('');
}
