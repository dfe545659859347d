"""Exchange (办件交换): cases between this platform and the systems around it.

业务系统 = a department's own system: cases are pushed to it, it answers with process (过程) and
result (结果). 批次 = a batch of the provincial exchange schema with insert, update and delete.
补录 = late manual entry for systems nobody is connected to. 汇聚 = convergence: what happens to
cases in the cities is seen at the province within seconds, and proved complete by a digest per city
and day (对账). Stands above cases; called by nobody but its own routes and the worker.
"""
