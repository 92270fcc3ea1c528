import type { PythonFramework } from "../shared/framework/python.js";

/** What `havoq install taskiq` brings. */
export const TASKIQ: PythonFramework = { name: "taskiq", what: "TaskIQ with its brokers on Redis" };
