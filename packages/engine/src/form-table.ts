import type { GuestIsa } from "@isinglass/uops";
import { FIRST_FORM_HANDLER, HANDLER_CALL, type LaidOutForm } from "./interpreter-module.js";
import { type HoleLayout, layOutHoles } from "./record.js";

/** How a form is executed by the interpreter. */
export interface FormEntry {
  /** Index in the dispatch loop's table. */
  readonly handler: number;
  /** Table slot of the handler function, for forms that are not inline. */
  readonly slot: number;
  readonly layout: HoleLayout;
  readonly endsBlock: boolean;
}

/** Makes handlers for forms on first use. */
export class FormTable {
  readonly #isa: GuestIsa;
  readonly #entries: (FormEntry | undefined)[] = [];
  readonly #compile: (form: LaidOutForm) => number;
  /** Forms that have a handler function, in order of first use. */
  readonly cold: number[] = [];

  /**
   * @param isa its warm forms have the table slots from 0 up
   * @param compile makes a handler function and gives its table slot
   */
  constructor(isa: GuestIsa, compile: (form: LaidOutForm) => number) {
    this.#isa = isa;
    this.#compile = compile;
    isa.hotForms().forEach((id, i) => {
      const { ir, endsBlock } = isa.form(id);
      this.#entries[id] = { handler: FIRST_FORM_HANDLER + i, slot: 0, layout: layOutHoles(ir), endsBlock };
    });
    isa.warmForms().forEach((id, slot) => {
      const { ir, endsBlock } = isa.form(id);
      this.#entries[id] = { handler: HANDLER_CALL, slot, layout: layOutHoles(ir), endsBlock };
    });
  }

  entry(form: number): FormEntry {
    const known = this.#entries[form];
    if (known !== undefined) return known;
    const { ir, endsBlock } = this.#isa.form(form);
    const layout = layOutHoles(ir);
    const entry: FormEntry = { handler: HANDLER_CALL, slot: this.#compile({ ir, layout }), layout, endsBlock };
    this.cold.push(form);
    this.#entries[form] = entry;
    return entry;
  }

  endsBlock(form: number): boolean {
    return this.#entries[form]?.endsBlock ?? this.#isa.form(form).endsBlock;
  }
}
