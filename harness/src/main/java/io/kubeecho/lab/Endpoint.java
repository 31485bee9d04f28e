package io.kubeecho.lab;

/**
 * An echo pod behind a Service.
 *
 * @param name the pod's name, which is what it answers as {@code From}
 */
public record Endpoint(String name, String address, Node node) {}
