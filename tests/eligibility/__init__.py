"""Tests of acceptance for tasks."""
