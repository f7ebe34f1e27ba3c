/** A UUIDv7 (RFC 9562 §5.7): sorts by time, so that the server's indexes stay narrow. `now` is Unix milliseconds. */
export function uuidv7(now: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  // The first byte carries the variant.
  const random = Array.from(bytes, (byte, at) =>
    ((at ? byte : (byte & 63) | 128) + 256).toString(16).slice(1),
  );
  const hex = now.toString(16).padStart(12, '0') + random.join('');
  return hex.replace(/(.{8})(.{4})(.{4})(.{12})(.{3})./, '$1-$2-7$5-$3-$4');
}
