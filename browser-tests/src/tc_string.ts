/** TC strings of today, as a consent platform writes them (IAB Tech Lab, "TC String Format", core and disclosed vendors). */

/** Purposes that are granted, all ten or none. */
export function tcString(granted: boolean): string {
  const day = Math.floor(Date.now() / 86_400_000) * 864_000;
  const purposes = granted ? '1'.repeat(10).padEnd(24, '0') : '0'.repeat(24);
  const core = [
    bits(2, 6),
    bits(day, 36),
    bits(day, 36),
    bits(7, 12),
    bits(1, 12),
    bits(1, 6),
    letters('EN'),
    bits(120, 12),
    bits(5, 6),
    '1',
    '0',
    bits(0, 12),
    purposes,
    bits(0, 24),
    '0',
    letters('DE'),
    // No vendor: consent, legitimate interest, restrictions.
    bits(0, 16),
    '0',
    bits(0, 16),
    '0',
    bits(0, 12),
  ];
  const disclosed = [bits(1, 3), bits(1, 16), '0', '1'];
  return [core, disclosed].map((segment) => base64url(segment.join(''))).join('.');
}

const bits = (value: number, width: number): string => value.toString(2).padStart(width, '0');

const letters = (word: string): string =>
  Array.from(word, (letter) => bits(letter.charCodeAt(0) - 65, 6)).join('');

function base64url(text: string): string {
  const bytes = text.match(/.{1,8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => parseInt(byte.padEnd(8, '0'), 2))).toString('base64url');
}
