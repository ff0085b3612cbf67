// As much of the GDB remote serial protocol (GDB manual, appendix E) as it takes to step QEMU's x86-64 CPU and read its registers.
import { connect } from "node:net";

/** Order of the registers in a `g` packet, and their bytes (QEMU's gdb-xml/i386-64bit.xml). */
const LAYOUT = [
  ...[
    "rax",
    "rbx",
    "rcx",
    "rdx",
    "rsi",
    "rdi",
    "rbp",
    "rsp",
    "r8",
    "r9",
    "r10",
    "r11",
    "r12",
    "r13",
    "r14",
    "r15",
    "rip",
  ].map((name) => [name, 8]),
  ...["rflags", "cs", "ss", "ds", "es", "fs", "gs"].map((name) => [name, 4]),
];

export class GdbClient {
  #socket;
  #pending = "";
  #waiting = [];

  /** Connects to a Unix socket, trying again until QEMU has made it. */
  static async open(path, seconds = 10) {
    const until = Date.now() + seconds * 1000;
    for (;;) {
      try {
        const client = new GdbClient();
        await client.#connect(path);
        await client.command("QStartNoAckMode");
        client.#socket.write("+");
        return client;
      } catch (error) {
        if (Date.now() > until) throw error;
        await new Promise((done) => setTimeout(done, 50));
      }
    }
  }

  #connect(path) {
    return new Promise((resolve, reject) => {
      this.#socket = connect(path, resolve);
      this.#socket.setNoDelay?.(true);
      this.#socket.on("error", reject);
      this.#socket.on("close", () =>
        this.#waiting.splice(0).forEach((w) => w.reject(new Error("QEMU closed the debugger's connection"))),
      );
      this.#socket.on("data", (chunk) => this.#receive(chunk.toString("latin1")));
    });
  }

  #receive(text) {
    this.#pending += text;
    for (;;) {
      const match = /^[+-]*\$([^#]*)#[0-9a-f]{2}/.exec(this.#pending);
      if (match === null) return;
      this.#pending = this.#pending.slice(match[0].length);
      this.#waiting.shift()?.resolve(unpack(match[1]));
    }
  }

  /** Sends a packet and gives the answer. */
  command(text) {
    const sum = Buffer.from(text, "latin1").reduce((a, b) => (a + b) & 0xff, 0);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#socket.write(`$${text}#${sum.toString(16).padStart(2, "0")}`, "latin1");
    });
  }

  /** All registers of the layout by name. */
  async registers() {
    const bytes = Buffer.from(await this.command("g"), "hex");
    const out = {};
    let at = 0;
    for (const [name, length] of LAYOUT) {
      out[name] = length === 8 ? bytes.readBigUInt64LE(at) : BigInt(bytes.readUInt32LE(at));
      at += length;
    }
    return out;
  }

  /** Runs one instruction, or one iteration of a repeated one. */
  step() {
    return this.command("vCont;s:p1.1");
  }

  /** Runs until the instruction at `address` is next. */
  async runTo(address) {
    const where = `${address.toString(16)},1`;
    await this.#expectOk(`Z1,${where}`);
    const stop = await this.command("vCont;c:p1.-1");
    await this.#expectOk(`z1,${where}`);
    if (!stop.startsWith("T05")) throw new Error(`QEMU stopped with ${stop} on the way to 0x${address.toString(16)}`);
  }

  async #expectOk(text) {
    const answer = await this.command(text);
    if (answer !== "OK") throw new Error(`QEMU answered ${answer} to ${text}`);
  }

  close() {
    this.#socket.destroy();
  }
}

/** Undoes run-length encoding: `X*c` stands for X and c - 29 more of it. */
function unpack(text) {
  return text.replace(/(.)\*(.)/g, (_, byte, count) => byte.repeat(count.charCodeAt(0) - 28));
}
