/** A record of NIST's files: `Key = 00`, `Count = 3`, a word alone (`FAIL`), and what the headings in brackets said before. */
export type CavsRecord = Readonly<Record<string, string>>;

/**
 * Reads the text format of NIST's CAVS files, of which the RFCs' vectors in that collection are written too. A record ends at an empty line; names are
 * lower-case here. Headings (`[Keylen = 128]`, `[P-256,SHA-1]`), numbers that stand before a group (`n = ...`) and the salt length of a comment hold
 * for all that follows.
 */
export function readCavs(text: string): CavsRecord[] {
  const records: CavsRecord[] = [];
  const standing: Record<string, string> = {};
  let current: Record<string, string> = {};
  const close = (): void => {
    const names = Object.keys(current);
    // Some files leave a line free after the number.
    if (names.length === 0 || (names.length === 1 && names[0] === "count")) return;
    // A modulus, its primes or its exponent alone speak of the records after them; so does a seed.
    if (names.every((name) => ["n", "p", "q", "e", "seed"].includes(name))) Object.assign(standing, current);
    else {
      if (current["n"] !== undefined) standing["n"] = current["n"];
      if (current["e"] !== undefined) standing["e"] = current["e"];
      records.push({ ...standing, ...current });
    }
    current = {};
  };
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    const salt = /^# Salt len: (\d+)/.exec(line);
    if (salt !== null) standing["saltlen"] = salt[1]!;
    if (line.startsWith("#")) continue;
    if (line === "") close();
    else if (line.startsWith("[")) {
      close();
      const inside = line.slice(1, -1);
      const pair = /^([\w ]+?)\s*=\s*(.*)$/.exec(inside);
      if (pair === null) standing["heading"] = inside;
      else standing[pair[1]!.toLowerCase()] = pair[2]!;
    } else {
      const pair = /^([\w ]+?)\s*=\s*(.*)$/.exec(line);
      if (pair === null) current[line.toLowerCase()] = "";
      else if (pair[1]!.toLowerCase() === "count" && current["count"] !== undefined) {
        close();
        current["count"] = pair[2]!;
      } else current[pair[1]!.toLowerCase()] = pair[2]!;
    }
  }
  close();
  return records;
}

/** The older RSA files: `# Modulus:` and the like, then lines of hexadecimal bytes. Yields one record a signature. */
export function readRsaExamples(text: string): CavsRecord[] {
  const records: CavsRecord[] = [];
  const fields: Record<string, string> = {};
  let name = "";
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    const heading = /^# (Modulus|Exponent|Public exponent|Message(?: to be signed)?|Signature|Salt)\b[^:]*:$/i.exec(
      line,
    );
    if (heading !== null) {
      name = heading[1]!.toLowerCase().replace(/ to be signed$/, "");
      // The private part repeats modulus and exponent; `Exponent` there is the secret one.
      if (name === "modulus" || name === "public exponent" || name === "message" || name === "signature")
        fields[name] = "";
      continue;
    }
    if (line.startsWith("#") || line === "") {
      if (name === "signature" && (fields["signature"] ?? "") !== "") {
        const { modulus = "", "public exponent": e = "", message = "", signature = "" } = fields;
        records.push({ n: modulus, e, msg: message, s: signature, shaalg: "SHA1" });
      }
      if (line === "") name = "";
      continue;
    }
    if (name !== "" && fields[name] !== undefined && /^[0-9a-f ]+$/i.test(line))
      fields[name] += line.replaceAll(" ", "");
  }
  return records;
}
