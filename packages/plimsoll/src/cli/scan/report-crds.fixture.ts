import type { JsonObject } from '../../model/json.ts';

/**
 * The CRDs of both report APIs, without their descriptions and printer columns: kyverno v1.19.1 config/crds/policyreport
 * (wgpolicyk8s.io) and openreports/reports-api v0.2.1 config/crd (openreports.io), both Apache-2.0.
 */
export const reportCrds: readonly JsonObject[] = [
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: 'policyreports.wgpolicyk8s.io',
      annotations: {
        'plimsoll.dev/taken-from':
          'https://github.com/kyverno/kyverno/blob/v1.19.1/config/crds/policyreport/wgpolicyk8s.io_policyreports.yaml',
      },
    },
    spec: {
      group: 'wgpolicyk8s.io',
      names: { kind: 'PolicyReport', listKind: 'PolicyReportList', plural: 'policyreports', singular: 'policyreport' },
      scope: 'Namespaced',
      versions: [
        {
          name: 'v1alpha2',
          schema: {
            openAPIV3Schema: {
              properties: {
                apiVersion: { type: 'string' },
                kind: { type: 'string' },
                metadata: { type: 'object' },
                results: {
                  items: {
                    properties: {
                      category: { type: 'string' },
                      message: { type: 'string' },
                      policy: { type: 'string' },
                      properties: {
                        additionalProperties: { type: 'string' },
                        description: 'Properties provides additional information for the policy rule',
                        type: 'object',
                      },
                      resourceSelector: {
                        properties: {
                          matchExpressions: {
                            items: {
                              properties: {
                                key: { type: 'string' },
                                operator: { type: 'string' },
                                values: {
                                  items: { type: 'string' },
                                  type: 'array',
                                  'x-kubernetes-list-type': 'atomic',
                                },
                              },
                              required: ['key', 'operator'],
                              type: 'object',
                            },
                            type: 'array',
                            'x-kubernetes-list-type': 'atomic',
                          },
                          matchLabels: { additionalProperties: { type: 'string' }, type: 'object' },
                        },
                        type: 'object',
                        'x-kubernetes-map-type': 'atomic',
                      },
                      resources: {
                        items: {
                          properties: {
                            apiVersion: { type: 'string' },
                            fieldPath: { type: 'string' },
                            kind: { type: 'string' },
                            name: { type: 'string' },
                            namespace: { type: 'string' },
                            resourceVersion: { type: 'string' },
                            uid: { type: 'string' },
                          },
                          type: 'object',
                          'x-kubernetes-map-type': 'atomic',
                        },
                        type: 'array',
                      },
                      result: { enum: ['pass', 'fail', 'warn', 'error', 'skip'], type: 'string' },
                      rule: { type: 'string' },
                      scored: { type: 'boolean' },
                      severity: { enum: ['critical', 'high', 'low', 'medium', 'info'], type: 'string' },
                      source: { type: 'string' },
                      timestamp: {
                        properties: {
                          nanos: { format: 'int32', type: 'integer' },
                          seconds: { format: 'int64', type: 'integer' },
                        },
                        required: ['nanos', 'seconds'],
                        type: 'object',
                      },
                    },
                    required: ['policy'],
                    type: 'object',
                  },
                  type: 'array',
                },
                scope: {
                  properties: {
                    apiVersion: { type: 'string' },
                    fieldPath: { type: 'string' },
                    kind: { type: 'string' },
                    name: { type: 'string' },
                    namespace: { type: 'string' },
                    resourceVersion: { type: 'string' },
                    uid: { type: 'string' },
                  },
                  type: 'object',
                  'x-kubernetes-map-type': 'atomic',
                },
                scopeSelector: {
                  properties: {
                    matchExpressions: {
                      items: {
                        properties: {
                          key: { type: 'string' },
                          operator: { type: 'string' },
                          values: { items: { type: 'string' }, type: 'array', 'x-kubernetes-list-type': 'atomic' },
                        },
                        required: ['key', 'operator'],
                        type: 'object',
                      },
                      type: 'array',
                      'x-kubernetes-list-type': 'atomic',
                    },
                    matchLabels: { additionalProperties: { type: 'string' }, type: 'object' },
                  },
                  type: 'object',
                  'x-kubernetes-map-type': 'atomic',
                },
                summary: {
                  properties: {
                    error: { type: 'integer' },
                    fail: { type: 'integer' },
                    pass: { type: 'integer' },
                    skip: { type: 'integer' },
                    warn: { type: 'integer' },
                  },
                  type: 'object',
                },
              },
              type: 'object',
            },
          },
          served: true,
          storage: true,
          subresources: {},
        },
      ],
    },
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: 'clusterpolicyreports.wgpolicyk8s.io',
      annotations: {
        'plimsoll.dev/taken-from':
          'https://github.com/kyverno/kyverno/blob/v1.19.1/config/crds/policyreport/wgpolicyk8s.io_clusterpolicyreports.yaml',
      },
    },
    spec: {
      group: 'wgpolicyk8s.io',
      names: {
        kind: 'ClusterPolicyReport',
        listKind: 'ClusterPolicyReportList',
        plural: 'clusterpolicyreports',
        singular: 'clusterpolicyreport',
      },
      scope: 'Cluster',
      versions: [
        {
          name: 'v1alpha2',
          schema: {
            openAPIV3Schema: {
              properties: {
                apiVersion: { type: 'string' },
                kind: { type: 'string' },
                metadata: { type: 'object' },
                results: {
                  items: {
                    properties: {
                      category: { type: 'string' },
                      message: { type: 'string' },
                      policy: { type: 'string' },
                      properties: {
                        additionalProperties: { type: 'string' },
                        description: 'Properties provides additional information for the policy rule',
                        type: 'object',
                      },
                      resourceSelector: {
                        properties: {
                          matchExpressions: {
                            items: {
                              properties: {
                                key: { type: 'string' },
                                operator: { type: 'string' },
                                values: {
                                  items: { type: 'string' },
                                  type: 'array',
                                  'x-kubernetes-list-type': 'atomic',
                                },
                              },
                              required: ['key', 'operator'],
                              type: 'object',
                            },
                            type: 'array',
                            'x-kubernetes-list-type': 'atomic',
                          },
                          matchLabels: { additionalProperties: { type: 'string' }, type: 'object' },
                        },
                        type: 'object',
                        'x-kubernetes-map-type': 'atomic',
                      },
                      resources: {
                        items: {
                          properties: {
                            apiVersion: { type: 'string' },
                            fieldPath: { type: 'string' },
                            kind: { type: 'string' },
                            name: { type: 'string' },
                            namespace: { type: 'string' },
                            resourceVersion: { type: 'string' },
                            uid: { type: 'string' },
                          },
                          type: 'object',
                          'x-kubernetes-map-type': 'atomic',
                        },
                        type: 'array',
                      },
                      result: { enum: ['pass', 'fail', 'warn', 'error', 'skip'], type: 'string' },
                      rule: { type: 'string' },
                      scored: { type: 'boolean' },
                      severity: { enum: ['critical', 'high', 'low', 'medium', 'info'], type: 'string' },
                      source: { type: 'string' },
                      timestamp: {
                        properties: {
                          nanos: { format: 'int32', type: 'integer' },
                          seconds: { format: 'int64', type: 'integer' },
                        },
                        required: ['nanos', 'seconds'],
                        type: 'object',
                      },
                    },
                    required: ['policy'],
                    type: 'object',
                  },
                  type: 'array',
                },
                scope: {
                  properties: {
                    apiVersion: { type: 'string' },
                    fieldPath: { type: 'string' },
                    kind: { type: 'string' },
                    name: { type: 'string' },
                    namespace: { type: 'string' },
                    resourceVersion: { type: 'string' },
                    uid: { type: 'string' },
                  },
                  type: 'object',
                  'x-kubernetes-map-type': 'atomic',
                },
                scopeSelector: {
                  properties: {
                    matchExpressions: {
                      items: {
                        properties: {
                          key: { type: 'string' },
                          operator: { type: 'string' },
                          values: { items: { type: 'string' }, type: 'array', 'x-kubernetes-list-type': 'atomic' },
                        },
                        required: ['key', 'operator'],
                        type: 'object',
                      },
                      type: 'array',
                      'x-kubernetes-list-type': 'atomic',
                    },
                    matchLabels: { additionalProperties: { type: 'string' }, type: 'object' },
                  },
                  type: 'object',
                  'x-kubernetes-map-type': 'atomic',
                },
                summary: {
                  properties: {
                    error: { type: 'integer' },
                    fail: { type: 'integer' },
                    pass: { type: 'integer' },
                    skip: { type: 'integer' },
                    warn: { type: 'integer' },
                  },
                  type: 'object',
                },
              },
              type: 'object',
            },
          },
          served: true,
          storage: true,
          subresources: {},
        },
      ],
    },
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: 'reports.openreports.io',
      annotations: {
        'plimsoll.dev/taken-from':
          'https://github.com/openreports/reports-api/blob/v0.2.1/config/crd/openreports.io_reports.yaml',
      },
    },
    spec: {
      group: 'openreports.io',
      names: { kind: 'Report', listKind: 'ReportList', plural: 'reports', singular: 'report' },
      scope: 'Namespaced',
      versions: [
        {
          name: 'v1alpha1',
          schema: {
            openAPIV3Schema: {
              properties: {
                apiVersion: { type: 'string' },
                configuration: {
                  properties: {
                    limits: {
                      properties: {
                        maxResults: { type: 'integer' },
                        statusFilter: {
                          items: { enum: ['pass', 'fail', 'warn', 'error', 'skip'], type: 'string' },
                          type: 'array',
                        },
                      },
                      type: 'object',
                    },
                  },
                  required: ['limits'],
                  type: 'object',
                },
                kind: { type: 'string' },
                metadata: { type: 'object' },
                results: {
                  items: {
                    properties: {
                      category: { type: 'string' },
                      message: { type: 'string' },
                      policy: { type: 'string' },
                      properties: {
                        additionalProperties: { type: 'string' },
                        description: 'Properties provides additional information for the policy rule',
                        type: 'object',
                      },
                      resourceSelector: {
                        properties: {
                          matchExpressions: {
                            items: {
                              properties: {
                                key: { type: 'string' },
                                operator: { type: 'string' },
                                values: {
                                  items: { type: 'string' },
                                  type: 'array',
                                  'x-kubernetes-list-type': 'atomic',
                                },
                              },
                              required: ['key', 'operator'],
                              type: 'object',
                            },
                            type: 'array',
                            'x-kubernetes-list-type': 'atomic',
                          },
                          matchLabels: { additionalProperties: { type: 'string' }, type: 'object' },
                        },
                        type: 'object',
                        'x-kubernetes-map-type': 'atomic',
                      },
                      resources: {
                        items: {
                          properties: {
                            apiVersion: { type: 'string' },
                            fieldPath: { type: 'string' },
                            kind: { type: 'string' },
                            name: { type: 'string' },
                            namespace: { type: 'string' },
                            resourceVersion: { type: 'string' },
                            uid: { type: 'string' },
                          },
                          type: 'object',
                          'x-kubernetes-map-type': 'atomic',
                        },
                        type: 'array',
                      },
                      result: { enum: ['pass', 'fail', 'warn', 'error', 'skip'], type: 'string' },
                      rule: { type: 'string' },
                      scored: { type: 'boolean' },
                      severity: { enum: ['critical', 'high', 'low', 'medium', 'info'], type: 'string' },
                      source: { type: 'string' },
                      timestamp: {
                        properties: {
                          nanos: { format: 'int32', type: 'integer' },
                          seconds: { format: 'int64', type: 'integer' },
                        },
                        required: ['nanos', 'seconds'],
                        type: 'object',
                      },
                    },
                    required: ['policy'],
                    type: 'object',
                  },
                  type: 'array',
                },
                scope: {
                  properties: {
                    apiVersion: { type: 'string' },
                    fieldPath: { type: 'string' },
                    kind: { type: 'string' },
                    name: { type: 'string' },
                    namespace: { type: 'string' },
                    resourceVersion: { type: 'string' },
                    uid: { type: 'string' },
                  },
                  type: 'object',
                  'x-kubernetes-map-type': 'atomic',
                },
                scopeSelector: {
                  properties: {
                    matchExpressions: {
                      items: {
                        properties: {
                          key: { type: 'string' },
                          operator: { type: 'string' },
                          values: { items: { type: 'string' }, type: 'array', 'x-kubernetes-list-type': 'atomic' },
                        },
                        required: ['key', 'operator'],
                        type: 'object',
                      },
                      type: 'array',
                      'x-kubernetes-list-type': 'atomic',
                    },
                    matchLabels: { additionalProperties: { type: 'string' }, type: 'object' },
                  },
                  type: 'object',
                  'x-kubernetes-map-type': 'atomic',
                },
                source: { type: 'string' },
                summary: {
                  properties: {
                    error: { type: 'integer' },
                    fail: { type: 'integer' },
                    pass: { type: 'integer' },
                    skip: { type: 'integer' },
                    warn: { type: 'integer' },
                  },
                  type: 'object',
                },
              },
              type: 'object',
            },
          },
          served: true,
          storage: true,
          subresources: {},
        },
      ],
    },
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: 'clusterreports.openreports.io',
      annotations: {
        'plimsoll.dev/taken-from':
          'https://github.com/openreports/reports-api/blob/v0.2.1/config/crd/openreports.io_clusterreports.yaml',
      },
    },
    spec: {
      group: 'openreports.io',
      names: {
        kind: 'ClusterReport',
        listKind: 'ClusterReportList',
        plural: 'clusterreports',
        singular: 'clusterreport',
      },
      scope: 'Cluster',
      versions: [
        {
          name: 'v1alpha1',
          schema: {
            openAPIV3Schema: {
              properties: {
                apiVersion: { type: 'string' },
                configuration: {
                  properties: {
                    limits: {
                      properties: {
                        maxResults: { type: 'integer' },
                        statusFilter: {
                          items: { enum: ['pass', 'fail', 'warn', 'error', 'skip'], type: 'string' },
                          type: 'array',
                        },
                      },
                      type: 'object',
                    },
                  },
                  required: ['limits'],
                  type: 'object',
                },
                kind: { type: 'string' },
                metadata: { type: 'object' },
                results: {
                  items: {
                    properties: {
                      category: { type: 'string' },
                      message: { type: 'string' },
                      policy: { type: 'string' },
                      properties: {
                        additionalProperties: { type: 'string' },
                        description: 'Properties provides additional information for the policy rule',
                        type: 'object',
                      },
                      resourceSelector: {
                        properties: {
                          matchExpressions: {
                            items: {
                              properties: {
                                key: { type: 'string' },
                                operator: { type: 'string' },
                                values: {
                                  items: { type: 'string' },
                                  type: 'array',
                                  'x-kubernetes-list-type': 'atomic',
                                },
                              },
                              required: ['key', 'operator'],
                              type: 'object',
                            },
                            type: 'array',
                            'x-kubernetes-list-type': 'atomic',
                          },
                          matchLabels: { additionalProperties: { type: 'string' }, type: 'object' },
                        },
                        type: 'object',
                        'x-kubernetes-map-type': 'atomic',
                      },
                      resources: {
                        items: {
                          properties: {
                            apiVersion: { type: 'string' },
                            fieldPath: { type: 'string' },
                            kind: { type: 'string' },
                            name: { type: 'string' },
                            namespace: { type: 'string' },
                            resourceVersion: { type: 'string' },
                            uid: { type: 'string' },
                          },
                          type: 'object',
                          'x-kubernetes-map-type': 'atomic',
                        },
                        type: 'array',
                      },
                      result: { enum: ['pass', 'fail', 'warn', 'error', 'skip'], type: 'string' },
                      rule: { type: 'string' },
                      scored: { type: 'boolean' },
                      severity: { enum: ['critical', 'high', 'low', 'medium', 'info'], type: 'string' },
                      source: { type: 'string' },
                      timestamp: {
                        properties: {
                          nanos: { format: 'int32', type: 'integer' },
                          seconds: { format: 'int64', type: 'integer' },
                        },
                        required: ['nanos', 'seconds'],
                        type: 'object',
                      },
                    },
                    required: ['policy'],
                    type: 'object',
                  },
                  type: 'array',
                },
                scope: {
                  properties: {
                    apiVersion: { type: 'string' },
                    fieldPath: { type: 'string' },
                    kind: { type: 'string' },
                    name: { type: 'string' },
                    namespace: { type: 'string' },
                    resourceVersion: { type: 'string' },
                    uid: { type: 'string' },
                  },
                  type: 'object',
                  'x-kubernetes-map-type': 'atomic',
                },
                scopeSelector: {
                  properties: {
                    matchExpressions: {
                      items: {
                        properties: {
                          key: { type: 'string' },
                          operator: { type: 'string' },
                          values: { items: { type: 'string' }, type: 'array', 'x-kubernetes-list-type': 'atomic' },
                        },
                        required: ['key', 'operator'],
                        type: 'object',
                      },
                      type: 'array',
                      'x-kubernetes-list-type': 'atomic',
                    },
                    matchLabels: { additionalProperties: { type: 'string' }, type: 'object' },
                  },
                  type: 'object',
                  'x-kubernetes-map-type': 'atomic',
                },
                source: { type: 'string' },
                summary: {
                  properties: {
                    error: { type: 'integer' },
                    fail: { type: 'integer' },
                    pass: { type: 'integer' },
                    skip: { type: 'integer' },
                    warn: { type: 'integer' },
                  },
                  type: 'object',
                },
              },
              type: 'object',
            },
          },
          served: true,
          storage: true,
          subresources: {},
        },
      ],
    },
  },
];
