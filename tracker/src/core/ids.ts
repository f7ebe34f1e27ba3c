/** A UUIDv7 (RFC 9562 §5.7): sorts by time, so that the server's indexes stay narrow. `now` is Unix milliseconds. */
export function uuidv7(now: number): string {
  const time = now.toString(16).padStart(12, '0');
  // 72 random bits; the 8 is the variant.
  return `${time.slice(0, 8)}-${time.slice(8)}-7xxx-8xxx-xxxxxxxxxxxx`.replace(/x/g, () =>
    // A list of one number is that number.
    ((crypto.getRandomValues(new Uint8Array(1)) as unknown as number) & 15).toString(16),
  );
}
