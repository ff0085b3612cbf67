import type { Machine, MachineOptions } from "@isinglass/machine";
import { createMachine } from "@isinglass/machine/browser";
import { Terminal } from "@xterm/xterm";
import { Figures } from "./figures.js";
import { Screen } from "./screen.js";

const COLUMNS = 80;
const ROWS = 24;

/** Where the panel gets what its machine is made of, at the moment when that is wanted. */
export type OptionSource = () => MachineOptions;

function button(label: string, action: () => void): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = label;
  element.dataset["action"] = label.toLowerCase().split(" ")[0];
  element.addEventListener("click", action);
  return element;
}

/** One machine on the page: its terminal, its buttons, its figures. */
export class Panel {
  readonly #element: HTMLElement = document.createElement("section");
  readonly #terminal: Terminal = new Terminal({ cols: COLUMNS, rows: ROWS, convertEol: false, scrollback: 2000 });
  readonly #screen: Screen = new Screen(this.#terminal);
  readonly #problem: HTMLElement = document.createElement("p");
  readonly #figures: Figures = new Figures();
  readonly #upload: HTMLInputElement = document.createElement("input");
  readonly #options: OptionSource;
  readonly #title: string;
  readonly #pause: HTMLButtonElement;
  /** The terminal is blank. */
  readonly #warm: Promise<void>;
  #machine: Machine | undefined;

  constructor(parent: HTMLElement, title: string, options: OptionSource) {
    this.#options = options;
    this.#title = title;
    this.#element.className = "machine";
    const heading = document.createElement("h2");
    heading.textContent = title;
    const bar = document.createElement("div");
    bar.className = "bar";
    this.#pause = button("Pause", () => this.#togglePause());
    this.#upload.type = "file";
    this.#upload.hidden = true;
    this.#upload.addEventListener("change", () => this.#do(() => this.#restore()));
    bar.append(
      button("Boot", () => this.#do(() => this.#boot())),
      this.#pause,
      button("Reset", () => this.#do(() => this.#reset())),
      button("Save to a file", () => this.#do(() => this.#save())),
      button("Restore from a file", () => this.#upload.click()),
      this.#upload,
      button("Remove", () => this.#do(() => this.#remove())),
    );
    const terminal = document.createElement("div");
    terminal.className = "terminal";
    this.#problem.className = "problem";
    this.#problem.setAttribute("role", "alert");
    this.#element.append(heading, bar, terminal, this.#figures.element, this.#problem);
    parent.append(this.#element);
    this.#terminal.open(terminal);
    this.#terminal.onData((text) => this.#machine?.sendSerial(text));
    this.#warm = this.#screen.warmUp();
    this.#show("idle");
  }

  /** Does something, and says so on the page if it fails. */
  #do(action: () => Promise<void>): void {
    this.#problem.textContent = "";
    action().catch((problem: unknown) => {
      this.#problem.textContent = problem instanceof Error ? problem.message : String(problem);
    });
  }

  #show(state: string): void {
    this.#element.dataset["state"] = state;
    this.#pause.textContent = state === "paused" ? "Resume" : "Pause";
  }

  async #start(options: MachineOptions): Promise<Machine> {
    await this.#warm;
    const before = this.#machine;
    // What is typed from now on is nobody's.
    this.#machine = undefined;
    this.#show("idle");
    await before?.close();
    this.#screen.clear();
    const machine = await createMachine(options);
    this.#machine = machine;
    // The machine waits for a terminal that is behind.
    machine.onSerial((bytes) => this.#screen.write(bytes));
    machine.onState((state, reason) => {
      if (this.#machine !== machine) return;
      this.#show(state);
      if (reason !== null) this.#terminal.write(`\r\n[${this.#title} has stopped: ${reason}]\r\n`);
    });
    this.#figures.follow(machine);
    return machine;
  }

  async #boot(): Promise<void> {
    const options = this.#options();
    if (options.kernel === undefined) throw new Error("There is no kernel yet: choose or drop one.");
    const machine = await this.#start(options);
    await machine.boot();
    this.#terminal.focus();
  }

  #togglePause(): void {
    const machine = this.#machine;
    if (machine?.state.state === "paused") machine.resume();
    else if (machine?.state.state === "running") machine.pause();
  }

  async #reset(): Promise<void> {
    const machine = this.#machine;
    if (machine === undefined) return;
    this.#screen.clear();
    await machine.reset();
    await machine.boot();
  }

  async #save(): Promise<void> {
    const state = await this.#machine?.save();
    if (state === undefined) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([state as Uint8Array<ArrayBuffer>]));
    link.download = `${this.#title.toLowerCase().replace(" ", "-")}.isgstate`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  async #restore(): Promise<void> {
    const file = this.#upload.files?.[0];
    if (file === undefined) return;
    this.#upload.value = "";
    await this.#start({ state: new Uint8Array(await file.arrayBuffer()) });
    this.#show("running");
  }

  async #remove(): Promise<void> {
    const machine = this.#machine;
    this.#machine = undefined;
    this.#figures.stop();
    this.#element.remove();
    this.#terminal.dispose();
    await machine?.close();
  }
}
