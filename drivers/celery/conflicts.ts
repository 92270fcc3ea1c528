import type { CeleryOptions } from "./options.js";

/** Options that can't go together, for a person. */
export function conflictsOf({
  app,
  task,
  args,
  acksLate,
  rejectOnWorkerLost,
  retries,
  pool,
  ...rest
}: CeleryOptions): string[] {
  const given = Array.isArray(args) ? args.length > 0 : true;
  const limits = rest.timeLimit !== undefined || rest.maxTasksPerChild !== undefined;
  return [
    ...(app !== undefined && task === undefined ? ["app needs task: the task of yours that is sent"] : []),
    ...(app === undefined && task !== undefined ? ["task goes with app: your application"] : []),
    ...(app === undefined && given ? ["args go with app and task: havoq's own task has its own"] : []),
    ...(app !== undefined && (acksLate || rejectOnWorkerLost || retries > 0)
      ? ["acksLate, rejectOnWorkerLost and retries are your application's to say where app is given"]
      : []),
    ...(rejectOnWorkerLost && !acksLate ? ["rejectOnWorkerLost means nothing without acksLate"] : []),
    ...(limits && pool !== "prefork" ? ["timeLimit and maxTasksPerChild go with pool: prefork"] : []),
  ];
}
