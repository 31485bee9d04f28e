package io.kubeecho.scenario;

import io.kubeecho.evidence.Verdict;

/** What a scenario that ran to its end says. */
record Conclusion(Verdict verdict, String seen) {}
