/**
 * Scan code set 2 to set 1, what the controller does while bit 6 of its command byte is set (IBM PS/2 hardware interface technical
 * reference, "Scan code translation"). One row is sixteen codes of set 2. Codes above 0x84 pass unchanged.
 */
const ROWS = [
  "ff 43 41 3f 3d 3b 3c 58 64 44 42 40 3e 0f 29 59",
  "65 38 2a 70 1d 10 02 5a 66 71 2c 1f 1e 11 03 5b",
  "67 2e 2d 20 12 05 04 5c 68 39 2f 21 14 13 06 5d",
  "69 31 30 23 22 15 07 5e 6a 72 32 24 16 08 09 5f",
  "6b 33 25 17 18 0b 0a 60 6c 34 35 26 27 19 0c 61",
  "6d 73 28 74 1a 0d 62 6e 3a 36 1c 1b 75 2b 63 76",
  "55 56 77 78 79 7a 0e 7b 7c 4f 7d 4b 47 7e 7f 6f",
  "52 53 50 4c 4d 48 01 45 57 4e 51 4a 37 49 46 54",
  "80 81 82 41 54",
];

/** The code of set 1 for each code of set 2. */
export const SET_2_TO_SET_1: Uint8Array = buildTable();

function buildTable(): Uint8Array {
  const table = Uint8Array.from({ length: 256 }, (_, code) => code);
  ROWS.forEach((row, i) => row.split(" ").forEach((code, j) => (table[16 * i + j] = Number.parseInt(code, 16))));
  return table;
}
