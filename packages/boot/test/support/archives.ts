/** A ustar member; the checksum is that of POSIX: all bytes, its own field as blanks. */
export function tarMember(name: string, flag: string, data: Uint8Array = new Uint8Array(0), target = ""): Uint8Array {
  const out = Buffer.alloc(512 + Math.ceil(data.length / 512) * 512);
  out.write(name, 0);
  out.write("0000755\0", 100);
  out.write("0000000\0", 108);
  out.write("0000000\0", 116);
  out.write(`${data.length.toString(8).padStart(11, "0")}\0`, 124);
  out.write(flag, 156);
  out.write(target, 157);
  out.write("ustar\x0000", 257);
  out.set(data, 512);
  return withTarChecksum(out);
}

/** A copy whose first header has its right checksum. */
export function withTarChecksum(bytes: Uint8Array): Uint8Array {
  const out = Buffer.from(bytes);
  if (out.length < 512) return out;
  out.write("        ", 148);
  const sum = out.subarray(0, 512).reduce((a, b) => a + b, 0);
  out.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return out;
}

/** An ar archive as deb(5) has it. */
export function ar(members: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  const parts = [Buffer.from("!<arch>\n")];
  for (const [name, data] of members) {
    parts.push(
      Buffer.from(
        `${name.padEnd(16)}${"0".padEnd(12)}${"0".padEnd(6)}${"0".padEnd(6)}${"100644".padEnd(8)}${String(data.length).padEnd(10)}\`\n`,
      ),
    );
    parts.push(Buffer.from(data), Buffer.alloc(data.length & 1, "\n"));
  }
  return Buffer.concat(parts);
}
