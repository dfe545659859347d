"""Workflow (工作流): flows and decision tables as data, run by SpiffWorkflow.

流程 = flow (a BPMN 2.0 process), 决策表 = table (a DMN decision table), 流程实例 = instance,
待办 = work, 节点 = element. It knows nothing of cases: a caller names the actions and facts a flow
may speak of, starts instances, and does what the open work says. Facts hold no personal data.
SpiffWorkflow is LGPL and used unmodified. Called by `cases`, which publishes flows.
"""
