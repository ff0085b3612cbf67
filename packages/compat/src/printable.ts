/**
 * Text out of a file that nobody vouches for, for a terminal: control characters, with which it could move the cursor or worse, become
 * question marks.
 */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, "?");
}
