import { type Socket, connect } from "node:net";
import { IsinglassError } from "@isinglass/interface";

/** A register as the target describes it: its place in a `g` packet. */
export interface GdbRegister {
  readonly number: number;
  readonly offset: number;
  readonly bytes: number;
}

const RETRY_MS = 50;
const CONNECT_MS = 10_000;
/** The interrupt byte of the protocol (GDB manual, E.10). */
const BREAK = "\u0003";

function qemuError(what: string): IsinglassError {
  return new IsinglassError("ISG_TRACE_QEMU", `QEMU: ${what}`);
}

/** Undoes run-length encoding: `X*c` stands for X and c - 29 more of it. */
function unpack(text: string): string {
  return text.replace(/(.)\*(.)/gs, (_, byte: string, count: string) => byte.repeat(count.charCodeAt(0) - 28));
}

interface Waiting {
  resolve(text: string): void;
  reject(problem: Error): void;
}

/** As much of the GDB remote serial protocol (GDB manual, appendix E) as it takes to step one CPU of QEMU and to read and write its registers. */
export class GdbClient {
  readonly #socket: Socket;
  readonly #waiting: Waiting[] = [];
  readonly #registers = new Map<string, GdbRegister>();
  #pending = "";

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk) => this.#receive(chunk.toString("latin1")));
    const gone = (): void => this.#fail("closed the debugger's connection");
    socket.on("error", gone);
    socket.on("close", gone);
  }

  /** Connects to a Unix socket, trying again until QEMU has made it. */
  static async open(path: string, alive: () => boolean): Promise<GdbClient> {
    const until = Date.now() + CONNECT_MS;
    for (;;) {
      const socket = await new Promise<Socket | undefined>((resolve) => {
        const attempt = connect(path, () => resolve(attempt));
        attempt.once("error", () => resolve(undefined));
      });
      if (socket !== undefined) {
        const client = new GdbClient(socket);
        await client.#begin();
        return client;
      }
      if (!alive()) throw qemuError("ended before it could be debugged");
      if (Date.now() > until) throw qemuError(`made no debugger's socket within ${CONNECT_MS / 1000} s`);
      await new Promise((done) => setTimeout(done, RETRY_MS));
    }
  }

  async #begin(): Promise<void> {
    await this.command("QStartNoAckMode");
    this.#socket.write("+");
    await this.command("qSupported:multiprocess+;xmlRegisters=i386");
    const target = await this.#readXml("target.xml");
    const included = [...target.matchAll(/<xi:include href="([^"]+)"/g)].map((match) => match[1]!);
    const parts = [target];
    for (const name of included) parts.push(await this.#readXml(name));
    let offset = 0;
    const described = parts.join("").replace(/<!--.*?-->/gs, "");
    for (const match of described.matchAll(/<reg name="(\w+)" bitsize="(\d+)"/g)) {
      const bytes = Number(match[2]) / 8;
      this.#registers.set(match[1]!, { number: this.#registers.size, offset, bytes });
      offset += bytes;
    }
    if (!this.#registers.has("rip")) throw qemuError("is not debugged as an x86-64 CPU");
  }

  async #readXml(name: string): Promise<string> {
    let text = "";
    for (;;) {
      const answer = await this.command(`qXfer:features:read:${name}:${text.length.toString(16)},ff0`);
      if (!/^[lm]/.test(answer)) throw qemuError(`answered ${answer} to a question for ${name}`);
      text += answer.slice(1);
      if (answer.startsWith("l")) return text;
    }
  }

  #fail(what: string): void {
    for (const waiting of this.#waiting.splice(0)) waiting.reject(qemuError(what));
  }

  #receive(text: string): void {
    this.#pending += text;
    for (;;) {
      const match = /^[+-]*\$([^#]*)#[0-9a-f]{2}/.exec(this.#pending);
      if (match === null) return;
      this.#pending = this.#pending.slice(match[0].length);
      this.#waiting.shift()?.resolve(unpack(match[1]!));
    }
  }

  /** Sends a packet and gives the answer. */
  command(text: string): Promise<string> {
    const sum = Buffer.from(text, "latin1").reduce((a, b) => (a + b) & 0xff, 0);
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) {
        reject(qemuError("closed the debugger's connection"));
        return;
      }
      this.#waiting.push({ resolve, reject });
      this.#socket.write(`$${text}#${sum.toString(16).padStart(2, "0")}`, "latin1");
    });
  }

  /** Where a register lies in {@link readAll}; throws for one that QEMU does not show. */
  register(name: string): GdbRegister {
    const register = this.#registers.get(name);
    if (register === undefined) throw qemuError(`shows no register "${name}"; version 7 or newer does`);
    return register;
  }

  /** All registers, one after the other, little-endian. */
  async readAll(): Promise<Buffer> {
    return Buffer.from(await this.command("g"), "hex");
  }

  async write(name: string, value: bigint): Promise<void> {
    const { number, bytes } = this.register(name);
    const data = Buffer.alloc(16);
    data.writeBigUInt64LE(BigInt.asUintN(64, value));
    data.writeBigUInt64LE(BigInt.asUintN(64, value >> 64n), 8);
    await this.#expectOk(`P${number.toString(16)}=${data.subarray(0, bytes).toString("hex")}`);
  }

  /** Runs one instruction, or one iteration of a repeated one; gives the stop reply, `T05` as a rule. */
  step(): Promise<string> {
    return this.command("vCont;s:p1.1");
  }

  /** Sets or takes away a breakpoint; a step does not stop at one, {@link goOn} does, where it stands too. */
  async setBreakpoint(address: bigint, on: boolean): Promise<void> {
    await this.#expectOk(`${on ? "Z" : "z"}1,${address.toString(16)},1`);
  }

  /** Runs until something stops it: a breakpoint, `T05`, or an interruption after `seconds`; gives the stop reply. */
  async goOn(seconds: number): Promise<string> {
    const tooLong = setTimeout(() => this.#socket.write(BREAK, "latin1"), seconds * 1000);
    try {
      return await this.command("vCont;c:p1.-1");
    } finally {
      clearTimeout(tooLong);
    }
  }

  /** Runs until the instruction at `address` is next; see {@link goOn}. */
  async runTo(address: bigint, seconds: number): Promise<string> {
    await this.setBreakpoint(address, true);
    const stop = await this.goOn(seconds);
    await this.setBreakpoint(address, false);
    return stop;
  }

  async #expectOk(text: string): Promise<void> {
    const answer = await this.command(text);
    if (answer !== "OK") throw qemuError(`answered ${answer === "" ? "nothing" : answer} to ${text}`);
  }

  close(): void {
    this.#socket.destroy();
  }
}
