import { replaceWords, type Words } from "../report/language.js";

/** The sentences of which evidence is made, and where it comes from. */
const WORDS: Words = [
  [/ says nothing about (\S+)/g, " 未说明 $1"],
  [/: (\S+) is set/g, "：$1 已置位"],
  [/: (\S+) is clear/g, "：$1 未置位"],
  [/a probe of its instruction ran/g, "其指令的探测已运行"],
  [/a probe of its instruction ended in SIGILL/g, "其指令的探测以 SIGILL 结束"],
  [/(\d+) of its (\d+) forms are executed, (\d+) of them compiled/g, "其 $2 种形式中可执行 $1 种，其中编译 $3 种"],
  [/(\d+) of its (\d+) forms are executed/g, "其 $2 种形式中可执行 $1 种"],
  [/its instructions fault with #UD/g, "其指令触发 #UD"],
  [/its instructions do nothing/g, "其指令不起任何作用"],
  [/(\S+) runs as (\S+): another result/g, "$1 按 $2 执行：结果不同"],
  [/without (.+), which it builds on/g, "缺少其所依赖的 $1"],
  [/([\d.]+) times native execution, measured/g, "实测为原生执行时间的 $1 倍"],
  [/in software: interpreted; not measured/g, "软件方式：解释执行；未测量"],
  [/in software: compiled to WebAssembly; not measured/g, "软件方式：编译为 WebAssembly；未测量"],
  [/in software: translated by TCG; not measured/g, "软件方式：由 TCG 翻译；未测量"],
  [/as fast as native where hardware executes the guest; not measured/g, "硬件直接执行客户机时与原生同速；未测量"],
  [/usable though CPUID does not show it/g, "可用，尽管 CPUID 未显示"],
  [/controlled by (\S+), state component (\S+)/g, "由 $1 控制，状态组件 $2"],
  [/controlled by (\S+)/g, "由 $1 控制"],
  [/nothing can take it away from a guest: CPUID only advises/g, "无法对客户机屏蔽：CPUID 仅供参考"],
  [/none of (.+) among the (\d+) mnemonics of x86/g, "x86 的 $2 个助记符中没有 $1"],
  [
    /: they are A64's FEAT_SHA3, and SHA-NI is SHA-1 and SHA-256/g,
    "：它们属于 A64 的 FEAT_SHA3，而 SHA-NI 是 SHA-1 与 SHA-256",
  ],
  [/CPUID through (\S+?)：/g, "经 $1 执行 CPUID："],
  [/CPUID, executed by our interpreter with the model ([^：]+)/g, "由我们的解释器以型号 $1 执行的 CPUID"],
  [/CPUID, executed by our engine with the model ([^：]+)/g, "由我们的引擎以型号 $1 执行的 CPUID"],
  [/x86-64 psABI level/g, "x86-64 psABI 等级"],
  [/our table of QEMU 7\.2's model max \(no QEMU was asked\)/g, "我们的 QEMU 7.2 型号 max 数据表（未询问 QEMU）"],
  [/QEMU 7\.2 model/g, "QEMU 7.2 型号"],
  [/QMP, -accel (\S+), model (\w+)/g, "QMP，-accel $1，型号 $2"],
  [/there is no \/dev\/kvm/g, "没有 /dev/kvm"],
  [/QEMU says /g, "QEMU 的回答："],
];

/** Puts a cell's evidence, or the reason why a column is not there, into Chinese. */
export function evidenceInChinese(text: string): string {
  return replaceWords(WORDS, text);
}
