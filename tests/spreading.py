"""Which process of a run takes which test files."""

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController


class FromBothEnds(LoadFileScheduling):
    """Gives the last process the files with the fewest tests, which wait for whole platforms, and others the fullest.

    So two platforms seldom compete for the processors, and what is left in the end is neither large nor slow.
    """

    def _assign_work_unit(self, node: WorkerController) -> None:
        if node is self.nodes[-1]:
            self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
        super()._assign_work_unit(node)
