import { IsinglassError, type SnapshotValue } from "@isinglass/interface";

/**
 * Plain data as bytes, deterministic: a tag, then what belongs to it, little-endian. Objects have their keys in ascending order
 * of UTF-16 units, strings are UTF-16, numbers are float64.
 */
const TAG_NULL = 0;
const TAG_FALSE = 1;
const TAG_TRUE = 2;
const TAG_NUMBER = 3;
const TAG_STRING = 4;
const TAG_BYTES = 5;
const TAG_LIST = 6;
const TAG_OBJECT = 7;

/** Deepest nesting that is read: a forged file must not exhaust the stack. */
const DEEPEST = 32;

class Writer {
  bytes: Uint8Array = new Uint8Array(1 << 16);
  view: DataView = new DataView(this.bytes.buffer);
  at = 0;

  room(count: number): number {
    if (this.at + count > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.at + count));
      larger.set(this.bytes);
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    }
    const { at } = this;
    this.at += count;
    return at;
  }

  tag(tag: number): void {
    const at = this.room(1);
    this.bytes[at] = tag;
  }

  count(count: number): void {
    const at = this.room(4);
    this.view.setUint32(at, count, true);
  }

  string(text: string): void {
    this.count(text.length);
    const at = this.room(text.length * 2);
    for (let i = 0; i < text.length; i += 1) this.view.setUint16(at + i * 2, text.charCodeAt(i), true);
  }

  value(value: SnapshotValue): void {
    if (value === null) this.tag(TAG_NULL);
    else if (typeof value === "boolean") this.tag(value ? TAG_TRUE : TAG_FALSE);
    else if (typeof value === "number") {
      this.tag(TAG_NUMBER);
      const at = this.room(8);
      this.view.setFloat64(at, value, true);
    } else if (typeof value === "string") {
      this.tag(TAG_STRING);
      this.string(value);
    } else if (value instanceof Uint8Array) {
      this.tag(TAG_BYTES);
      this.count(value.length);
      const at = this.room(value.length);
      this.bytes.set(value, at);
    } else if (isList(value)) {
      this.tag(TAG_LIST);
      this.count(value.length);
      for (const element of value) this.value(element);
    } else {
      this.tag(TAG_OBJECT);
      const keys = Object.keys(value).sort();
      this.count(keys.length);
      for (const key of keys) {
        this.string(key);
        this.value(value[key]!);
      }
    }
  }
}

function isList(value: object): value is readonly SnapshotValue[] {
  return Array.isArray(value);
}

/** Encodes plain data; equal data gives equal bytes. */
export function encodeState(value: SnapshotValue): Uint8Array {
  const writer = new Writer();
  writer.value(value);
  return writer.bytes.slice(0, writer.at);
}

/** Decodes what {@link encodeState} made; throws `ISG_SNAPSHOT_TRUNCATED` or `ISG_SNAPSHOT_BAD_ENCODING`. */
export function decodeState(bytes: Uint8Array): SnapshotValue {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const take = (count: number): number => {
    const from = at;
    if (count > bytes.length - at) {
      throw new IsinglassError(
        "ISG_SNAPSHOT_TRUNCATED",
        `state file: ${count} bytes wanted at offset ${at} of ${bytes.length} in the state section`,
        { offset: at },
      );
    }
    at += count;
    return from;
  };
  const string = (): string => {
    const length = view.getUint32(take(4), true);
    const from = take(length * 2);
    let text = "";
    for (let i = 0; i < length; i += 1) text += String.fromCharCode(view.getUint16(from + i * 2, true));
    return text;
  };
  const bad = (what: string): IsinglassError =>
    new IsinglassError("ISG_SNAPSHOT_BAD_ENCODING", `state file: ${what} at offset ${at} in the state section`, {
      offset: at,
    });
  const read = (depth: number): SnapshotValue => {
    if (depth > DEEPEST) throw bad("data nested too deeply");
    const tag = bytes[take(1)]!;
    switch (tag) {
      case TAG_NULL:
        return null;
      case TAG_FALSE:
      case TAG_TRUE:
        return tag === TAG_TRUE;
      case TAG_NUMBER:
        return view.getFloat64(take(8), true);
      case TAG_STRING:
        return string();
      case TAG_BYTES: {
        const length = view.getUint32(take(4), true);
        const from = take(length);
        return bytes.slice(from, from + length);
      }
      case TAG_LIST: {
        const length = view.getUint32(take(4), true);
        // Each element takes a byte at least.
        if (length > bytes.length - at) throw bad("a list longer than the file");
        const list: SnapshotValue[] = [];
        for (let i = 0; i < length; i += 1) list.push(read(depth + 1));
        return list;
      }
      case TAG_OBJECT: {
        const length = view.getUint32(take(4), true);
        if (length > bytes.length - at) throw bad("an object larger than the file");
        const fields: [string, SnapshotValue][] = [];
        for (let i = 0; i < length; i += 1) {
          const key = string();
          if (key === "__proto__") throw bad("a field named __proto__");
          fields.push([key, read(depth + 1)]);
        }
        return Object.fromEntries(fields);
      }
      default:
        throw bad(`unknown tag ${tag}`);
    }
  };
  const value = read(0);
  if (at !== bytes.length) throw bad(`${bytes.length - at} bytes too many`);
  return value;
}
