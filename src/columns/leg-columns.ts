import type { Leg } from "../model/call-record.js";
import { column } from "./column.js";

/** The columns of legs, for databases. `recordings` has no column. */
export const legColumns = [
  column("role", "role", "text", (leg: Leg) => leg.role),
  column("number", "number", "text", (leg: Leg) => leg.number),
  column("agent.id", "agent id", "id", (leg: Leg) => leg.agent?.id),
  column("agent.name", "agent", "text", (leg: Leg) => leg.agent?.name),
  column("agent.groupId", "group id", "id", (leg: Leg) => leg.agent?.groupId),
  column("agent.groupName", "group", "text", (leg: Leg) => leg.agent?.groupName),
  column("startedAt", "started", "time", (leg: Leg) => leg.startedAt),
  column("ringingAt", "ringing", "time", (leg: Leg) => leg.ringingAt),
  column("answeredAt", "answered", "time", (leg: Leg) => leg.answeredAt),
  column("endedAt", "ended", "time", (leg: Leg) => leg.endedAt),
  column("talkSeconds", "talk", "seconds", (leg: Leg) => leg.talkSeconds),
  column("transferredFrom", "from", "text", (leg: Leg) => leg.transferredFrom),
  column("transferredTo", "to", "text", (leg: Leg) => leg.transferredTo),
] as const;
