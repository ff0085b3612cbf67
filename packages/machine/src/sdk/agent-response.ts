/** Longest trailer after the token: " 255 1\n". What is longer is no trailer. */
const TRAILER_BYTES = 16;
/** Longest line that is looked at while nothing runs. */
const LINE_BYTES = 256;
/** So many digits in a row are the token's: output begins with them by chance once in 16^8 times. */
const SURE_DIGITS = 8;
const NEWLINE = 0x0a;

/** Takes the output of a command, in pieces that are valid during the call only. */
export type OutputSink = (bytes: Uint8Array) => void;

/**
 * Finds the end of a command's output in the bytes of a serial line: a token of random digits and what follows it to the end of the line. The
 * output itself may be anything. Nothing is kept but a beginning of the token that might still become one, and the trailer.
 */
export class OutputReader {
  readonly #sink: OutputSink;
  readonly #token: Uint8Array;
  /** For each length of a match, the longest shorter beginning of the token that is also its end (Knuth, Morris, Pratt). */
  readonly #back: Uint8Array;
  readonly #piece: Uint8Array = new Uint8Array(4096);
  #used = 0;
  #matched = 0;
  #trailer = "";
  /** What stood after the token, without the newline; undefined until it is there. */
  trailer: string | undefined;

  constructor(token: Uint8Array, sink: OutputSink) {
    this.#token = token;
    this.#sink = sink;
    this.#back = new Uint8Array(token.length + 1);
    for (let i = 1, k = 0; i < token.length; i += 1) {
      while (k > 0 && token[i] !== token[k]) k = this.#back[k]!;
      if (token[i] === token[k]) k += 1;
      this.#back[i + 1] = k;
    }
  }

  /** Hands on what is surely output. */
  flush(): void {
    if (this.#used === 0) return;
    this.#sink(this.#piece.subarray(0, this.#used));
    this.#used = 0;
  }

  /**
   * No more comes, of a command that was stopped before its end: what was kept back as a possible beginning of the token was output,
   * unless there is so much of it that the command had just ended.
   */
  end(): void {
    if (this.#matched < SURE_DIGITS) {
      for (let i = 0; i < this.#matched; i += 1) this.#emit(this.#token[i]!);
      this.#matched = 0;
    }
    this.flush();
  }

  #emit(byte: number): void {
    this.#piece[this.#used] = byte;
    this.#used += 1;
    if (this.#used === this.#piece.length) this.flush();
  }

  /** The next byte; true when the trailer is complete. */
  push(byte: number): boolean {
    if (this.trailer !== undefined) return true;
    const token = this.#token;
    if (this.#matched === token.length) {
      if (byte === NEWLINE) {
        this.flush();
        this.trailer = this.#trailer;
        return true;
      }
      this.#trailer += String.fromCharCode(byte);
      // A command that knows its token and does not end the line: not ours.
      if (this.#trailer.length > TRAILER_BYTES) {
        for (const part of token) this.#emit(part);
        for (let i = 0; i < this.#trailer.length; i += 1) this.#emit(this.#trailer.charCodeAt(i));
        this.#trailer = "";
        this.#matched = 0;
      }
      return false;
    }
    while (byte !== token[this.#matched] && this.#matched > 0) {
      const shorter = this.#back[this.#matched]!;
      for (let i = 0; i < this.#matched - shorter; i += 1) this.#emit(token[i]!);
      this.#matched = shorter;
    }
    if (byte === token[this.#matched]) this.#matched += 1;
    else this.#emit(byte);
    return false;
  }
}

/** What the end of a command's output says of it. */
export interface AgentResult {
  /** 0 to 255. */
  readonly status: number;
  /** The guest's kernel killed a process for want of memory. */
  readonly outOfMemory: boolean;
}

/** Reads a trailer; undefined if it is not one. */
export function parseTrailer(trailer: string): AgentResult | undefined {
  const match = /^ (\d{1,3}) ([01])$/.exec(trailer);
  const status = Number(match?.[1]);
  return match === null || status > 255 ? undefined : { status, outOfMemory: match[2] === "1" };
}

/** Waits for a line, whatever comes before it; lines that are too long are not kept. */
export class LineReader {
  #line = "";
  #tooLong = false;

  /** The next byte; gives the line that it ends. */
  push(byte: number): string | undefined {
    if (byte === NEWLINE) {
      const line = this.#tooLong ? undefined : this.#line;
      this.#line = "";
      this.#tooLong = false;
      return line;
    }
    if (this.#line.length >= LINE_BYTES) this.#tooLong = true;
    else this.#line += String.fromCharCode(byte);
    return undefined;
  }
}
