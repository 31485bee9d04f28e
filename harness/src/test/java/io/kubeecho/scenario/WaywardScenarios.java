package io.kubeecho.scenario;

import io.kubeecho.lab.Lab;
import io.kubeecho.lab.LabException;
import io.kubeecho.lab.ServiceSpec;

/** Scenarios that go wrong in ways of their own. */
class WaywardScenarios {

    @Scenario(id = "THROWS", title = "has a bug", expects = "nothing", source = "")
    void throwsAnything(Trial trial) {
        trial.create(ServiceSpec.clusterIp());
        throw new IllegalStateException("oops");
    }

    @Scenario(id = "ENDLESS", title = "forgets to conclude", expects = "nothing", source = "")
    void forgets(Trial trial) {
        trial.create(ServiceSpec.clusterIp());
    }

    @Scenario(id = "LOST", title = "loses its lab", expects = "nothing", source = "")
    void loses(Lab lab) {
        throw new LabException(lab.describe().lab() + " is gone");
    }
}
