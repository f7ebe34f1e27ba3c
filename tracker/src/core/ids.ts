/** A UUIDv7 (RFC 9562 §5.7): sorts by time, so that the server's indexes stay narrow. `now` is Unix milliseconds. */
export function uuidv7(now: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const view = new DataView(bytes.buffer);
  // The 48 bits of time do not fit the 32-bit operators, hence the division.
  view.setUint32(0, Math.floor(now / 65536));
  view.setUint16(4, now % 65536);
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x70);
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80);
  const hex = Array.from(bytes, (byte) => (byte + 256).toString(16).slice(1)).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
