import type { Random } from "./random.js";

/** An agent. */
export interface Agent {
  /** Digits, as text. */
  staffNumber: string;
  /** The full name. */
  name: string;
  /** The short name that Tencent's rows also contain. */
  nick: string;
  /** The address that identifies the agent in Tencent's rows. */
  email: string;
  /** The telephone number with country code, digits only. */
  phone: string;
  /** The vendor's id for the group. */
  groupId: number;
  /** The name of the group. */
  groupName: string;
}

const NAMES = [
  ["王芳", "wang.fang"],
  ["李伟", "li.wei"],
  ["张敏", "zhang.min"],
  ["刘洋", "liu.yang"],
  ["陈静", "chen.jing"],
  ["杨磊", "yang.lei"],
  ["赵丽娜", "zhao.lina"],
  ["黄强", "huang.qiang"],
  ["周婷婷", "zhou.tingting"],
  ["吴昊", "wu.hao"],
  ["徐小燕", "xu.xiaoyan"],
  ["欧阳文轩", "ouyang.wenxuan"],
  ["Grace O'Neill", "grace.oneill"],
  ["Daniel Smith", "daniel.smith"],
  ["Priya Raman", "priya.raman"],
  ["Lucas Ferreira", "lucas.ferreira"],
  ["Mei Lin Tan", "meilin.tan"],
  ["Ahmad Faizal", "ahmad.faizal"],
  ["Nguyễn Thị Hoa", "nguyen.hoa"],
  ["José Álvarez", "jose.alvarez"],
  ["孙悦", "sun.yue"],
  ["马超", "ma.chao"],
  ["Olivia Brown", "olivia.brown"],
  ["Kenji Sato", "kenji.sato"],
] as const;

const GROUPS = ["售后服务", "客户回访", "催收一组", "Sales APAC", "Support L1", "VIP 专线"] as const;

/** The company's agents. The first four groups are large, the last two are small. */
export type Roster = readonly [Agent, ...Agent[]];

/** A group of agents. */
export type AgentGroup = Pick<Agent, "groupId" | "groupName">;

function groupAt(index: number): AgentGroup {
  return { groupId: 12 + index, groupName: GROUPS[index] ?? GROUPS[0] };
}

/** Returns one of the groups, selected by a seed. */
export function groupOf(seed: number): AgentGroup {
  return groupAt(seed % GROUPS.length);
}

function agentAt(index: number, domain: string): Agent {
  const [name, mailbox] = NAMES[index % NAMES.length] ?? NAMES[0];
  const group = index % 11 === 10 ? 5 : index % 7 === 6 ? 4 : index % 4;
  return {
    staffNumber: String(1001 + index),
    name,
    nick: mailbox.split(".")[0] ?? mailbox,
    email: `${mailbox}@${domain}`,
    phone: `86138${String(10_000_000 + index * 7919)}`,
    ...groupAt(group),
  };
}

/** Returns the agents of a company, in order of staff number. */
export function createRoster(domain: string): Roster {
  const [first, ...others] = NAMES.map((_, index) => agentAt(index, domain));
  return [first ?? agentAt(0, domain), ...others];
}

/** Returns another agent. */
export function colleagueOf(agent: Agent, roster: Roster, random: Random): Agent {
  const other = random.pick(roster);
  return other === agent ? (roster.find((one) => one !== agent) ?? agent) : other;
}
