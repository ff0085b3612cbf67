/**
 * What the article claims and what is true, sections 0 to 2: `id | assessment | the article's figure | statement | 原文 | truth | 事实`.
 *
 * Assessment: `true`, `half` (true in part), `false`, `open` (cannot be verified). The figure is empty where the article has none.
 */
export const CONCEPT_ROWS: readonly string[] = [
  "A0.1|half||a VM and its host use the same instruction set|虚拟机与宿主机使用相同的指令集|true with hardware virtualization and containers; false where one set is translated to another|硬件虚拟化和容器成立；跨指令集翻译时不成立",
  "A0.2|false||a hypervisor converts physical to virtual instructions: a double stream|虚拟机监控器把物理指令集转换为虚拟指令集，形成双重指令流|under VT-x and AMD-V nothing is converted: only sensitive events exit; it describes a binary translator|VT-x 与 AMD-V 不做转换，只有敏感事件退出；该说法描述的是二进制翻译器",
  "A0.3|false||VT-x and AMD-V isolate like processes|VT-x/AMD-V 提供进程级隔离|a guest has rings and a second stage of translation of its own: a machine, not a process|客户机拥有自己的特权级和第二级地址转换：隔离的是机器而非进程",
  "A0.4|half||memory and files are independent of the host|内存和文件系统独立于宿主机|unless shared: balloon, page merging, vhost, shared folders|存在共享时例外：气球、页合并、vhost、共享文件夹",
  "A0.5|false||it defends against escapes|可有效防御虚拟机逃逸|escapes go through this very layer: device models and nested virtualization|逃逸正是经由这一层：设备模型和嵌套虚拟化",
  "A0.6|half||the host is protected by its system and a firewall|宿主机安全依赖操作系统和软件防火墙|leaves out what the hardware does: SMEP, SMAP, CET, IOMMU, mitigations|忽略了硬件手段：SMEP、SMAP、CET、IOMMU 及各种缓解措施",
  "A0.7|half|5 to 15 % latency|5 to 15 % are lost to instruction translation|指令翻译造成 5%～15% 的延迟损失|hardware virtualization translates nothing; the loss comes from exits, two-dimensional walks and I/O|硬件虚拟化没有指令翻译；损失来自退出、二维页表遍历和 I/O",
  "A0.8|true||many VMs schedule less efficiently than native|多虚拟机的调度效率低于原生|lock holders are preempted, time is stolen|锁持有者被抢占，时间被窃取",
  "A0.9|true||layers of hardware, virtualization and system protect a cloud|硬件、虚拟化、系统分层防护云原生|as a slogan: defence in depth|作为口号成立：纵深防御",
  "A0.10|false|3872 characters|the article has 3872 characters|全文 3872 字|2,209 Chinese characters, 3,990 without spaces|中文字符 2209 个，非空白字符 3990 个",
  "A1.1|open|42.7 billion US$|IDC 2023: the market of virtualization|IDC 2023：全球虚拟化市场规模|no such figure was found|未找到该数据",
  "A1.2|open|68 %|of solutions have machine code interacting on several levels|的方案涉及多层机器码交互|the quantity is not defined|该量没有定义",
  "A1.3|true||a VM is no mirror of its host: instructions, interaction, isolation differ|虚拟机不是宿主机的镜像：指令、硬件交互、隔离三个维度不同|usable as the structure of a report|可作为报告结构",
  "A2.1|half||an instruction set has base, extended and special layers|指令集分为基础、扩展、特殊三层|the real layers are the psABI levels, CPUID features and privileged modes|真实的层次是 psABI 等级、CPUID 特性位和特权模式",
  "A2.2|false|47 opcodes|x86-64's base has 47 opcodes|x86-64 基础指令有 47 个操作码|hundreds, however one counts|无论怎样计数都有数百个",
  "A2.3|false|128 bits|SSE4.1 and AVX2 are 128 bits wide|SSE4.1 与 AVX2 为 128 位|SSE4.1 128, AVX2 256, AVX-512 512|SSE4.1 为 128 位，AVX2 为 256 位，AVX-512 为 512 位",
  "A2.4|true||SGX is a special extension for isolation|SGX 是安全隔离的特殊扩展|Software Guard Extensions: ENCLS, ENCLU, ENCLV, leaf 12H|即 Software Guard Extensions：ENCLS、ENCLU、ENCLV，CPUID 叶 12H",
  "A2.5|true||containers run on the host's instructions|容器直接使用宿主机指令|native execution; an image built for another baseline ends in SIGILL|原生执行；为更高基线构建的镜像会以 SIGILL 结束",
  "A2.6|false||ESXi translates instructions by VT-x's EPT|ESXi 通过 VT-x EPT 做硬件辅助指令翻译|EPT translates addresses, guest-physical to host-physical|EPT 转换的是地址（客户机物理到宿主机物理）",
  "A2.7|half||machine code contains a microcode update module|机器码包含微码更新模块|microcode is loaded by a register of its own, it is no part of machine code|微码由专用寄存器加载，不属于机器码",
  "A2.8|half||container, VM and host nest|容器、虚拟机、宿主机双重嵌套|real nesting is L0, L1, L2|真实的嵌套是 L0、L1、L2",
  "A2.9|true||stage 1: the decoder makes micro-operations|阶段一：译码器生成微操作|so does hardware, and so do we|硬件如此，本项目亦然",
  "A2.10|false||stage 2: EPT turns linear into guest-physical addresses|阶段二：EPT 把线性地址转换为客户机物理地址|the guest's page tables do that; EPT turns guest-physical into host-physical ones|这是客户机页表所做的；EPT 把客户机物理地址转换为宿主机物理地址",
  "A2.11|true||stage 3: an IOMMU translates DMA|阶段三：IOMMU 转换 DMA|for devices that are passed through; emulated ones need none|仅对直通设备；模拟设备不需要",
  "A2.12|half||stage 4: exceptions roll back: TLB flush, page walk|阶段四：异常回滚：TLB 刷新、页表遍历|a walk is no exception; faults are precise|页表遍历不是异常；故障是精确的",
  "A2.13|open||found by analysing QEMU's and KVM's source|来自对 QEMU/KVM 源码的分析|cannot be checked|无法核实",
];
