/** A TCG event log with one SHA-384 digest an event. */
export function makeEventLog(
  events: readonly (readonly [register: number, type: number, digest: Uint8Array])[],
): Uint8Array {
  const head = Buffer.alloc(65);
  head.writeUInt32LE(1, 0);
  head.writeUInt32LE(3, 4);
  head.writeUInt32LE(33, 28);
  head.write("Spec ID Event03", 32, "latin1");
  head.writeUInt32LE(1, 56);
  head.writeUInt16LE(0x0c, 60);
  head.writeUInt16LE(48, 62);
  const parts = events.map(([register, type, digest]) => {
    const out = Buffer.alloc(14 + 48 + 4 + 3);
    out.writeUInt32LE(register, 0);
    out.writeUInt32LE(type, 4);
    out.writeUInt32LE(1, 8);
    out.writeUInt16LE(0x0c, 12);
    out.set(digest, 14);
    out.writeUInt32LE(3, 62);
    return out;
  });
  return new Uint8Array(Buffer.concat([head, ...parts]));
}
